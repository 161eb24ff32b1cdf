"""How much of a site the archive has: judgement over what its lists said, and nothing else.

Reads no state and no clock; whoever reads the state hands the facts in, article by article.
"""

from scraper.coverage.facts import WHYS, ChannelFacts, ListedArticle, ListPage, Why
from scraper.coverage.judgement import ChannelCoverage, Missing, SiteCoverage, judge

__all__ = [
    "WHYS",
    "ChannelCoverage",
    "ChannelFacts",
    "ListPage",
    "ListedArticle",
    "Missing",
    "SiteCoverage",
    "Why",
    "judge",
]
