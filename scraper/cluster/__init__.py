"""Many machines: each holds the lease of a site, works it as one machine would, and ships what it brought.

    claim      the lease of a site, with a number that only rises (`epoch`)      database
    bring      the manifest, and the site's state where this machine lacks it    object store
    run        the ordinary run of that site, in a process of its own
    ship       the tails of its WARC files, documents, pictures, state           object store
    commit     the manifest, only if nobody has written it since                 object store
    hand back  the lease, and a row of report                                    database

Jobs, schedules and their locks are procrastinate's; the lease is ours, for a job's lock ends with a database
row and not with the work. Whoever lost a lease cannot commit: the next holder has written the manifest since.
"""
