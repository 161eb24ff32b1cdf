"""An invented university, its news site, and a server that plays it over loopback, faults included.

The program proper does not know this package: `demo` archives the site to show the whole job without the
internet, and the tests archive it to see what the program does. Nothing of it is anybody's: the markup is
that of the real systems, every name, sentence and picture is made up by a grammar.

    world = beichen.site()                         # a hundred and more articles over all generations
    world.publish("bcyw", title="…")               # verbs change it while it is read
    world.fail(r"/bcyw/", faults.status(503), first=2)
    with serve(world) as server:                   # origin server and forward proxy in one
        ...                                        # network.proxy: server.proxy
    server.log                                     # who asked for what, when
"""
