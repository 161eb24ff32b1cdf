"""Full-text search without a disk: how text is folded, what a query asks, whether a text answers it.

The index itself is `stores.search_index`.
"""
