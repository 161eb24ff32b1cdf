"""What the wheel leaves out; all else of the build stands in pyproject.toml.

The invented sites beside the demo's own are for the tests and the demo of a cluster, which run in a clone.
"""

from setuptools import setup
from setuptools.command.build_py import build_py

LEFT_OUT = {
    "campus",
    "campus_pieces",
    "campus_sites",
    "cluster",
    "jeecms_world",
    "machines",
    "services",
    "vsb_world",
    "webplus_world",
}


class WithoutWorlds(build_py):
    """Builds the package without the modules of `scraper.demo` that no command reaches."""

    def find_package_modules(self, package: str, package_dir: str) -> list[tuple[str, str, str]]:
        """Return the modules of a package that are built: its name, the module's name, its file."""
        found = super().find_package_modules(package, package_dir)
        return [part for part in found if package != "scraper.demo" or part[1] not in LEFT_OUT]


setup(cmdclass={"build_py": WithoutWorlds})
