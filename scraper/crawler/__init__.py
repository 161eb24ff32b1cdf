"""The door to the network: who may be asked, when, and what came of it.

    gatekeeper   may we ask this address? (robots.txt)
    pacer        when may we ask this host? (one at a time, its delay, its back-off)
    server_lanes how many at once, at a server with several names?
    permit       may a request go out at all? (a cluster's lease)
    attempts     one address asked until it answers or will not heal
    fetcher      one exchange, bounded, as a Capture
    wire         the client: the only module that knows httpx
    connections  to the addresses that were checked: the only module that knows httpcore
    head         illegal header lines, mended
    redirects    where an answer sends us
    routes       through which proxy, if any
    names        what a host's name leads to
    addresses    which addresses are of the open internet
    host_state   what is known of hosts from one run to the next

Nothing here follows redirects: that is `sources.network`, which asks all of the above at each hop.
"""
