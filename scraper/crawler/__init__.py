"""The door to the network: who may be asked, when, and what came of it.

network        all of the below, at each hop of a request: the only one that follows redirects
robots_gate    may we ask this address? (robots.txt)
pacer          when may we ask this host? (one at a time, its delay, its back-off)
server_lanes   how many at once, at a server with several names?
permit         may a request go out at all? (a cluster's lease)
retry          one address asked until it answers or will not heal
fetcher        one exchange, bounded, as a Capture
client         an exchange over httpx
transport      to the addresses that were checked, directly or through a proxy
connection     one connection: requests out, answers in
answer_reader  where an answer begins and ends, and what its body is
header_repair  its head, illegal lines mended
redirects      where an answer sends us
proxies        through which proxy, if any
dns            what a host's name leads to
ip_filter      which addresses are of the open internet
host_state     what is known of hosts from one run to the next
"""
