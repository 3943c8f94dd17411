"""YAML nodes from libyaml's events: several times faster than PyYAML's own parser.

PyYAML can be built without libyaml: import this module only where ``yaml.__with_libyaml__`` is set.
"""

from __future__ import annotations

import re
from typing import Any

import yaml
from yaml.composer import Composer

PARSED_OTHERWISE = re.compile("[\t\ufeff\x85\u2028\u2029?!]|[|>][-+0-9]*#")
"""What libyaml reads where PyYAML's own parser refuses, or reads differently."""


class _EmptyScalarError(yaml.YAMLError):
    """A value is left out; the two parsers differ in its place."""


class LibyamlLoader(Composer, yaml.CSafeLoader):
    """Events from libyaml, composed in Python.

    libyaml's own composer calls itself for each level without a bound: a file of brackets ends the
    process. Here that is a ``RecursionError``, as with the slow parser.
    """

    def __init__(self, text: str) -> None:
        """Take the text of one file."""
        yaml.CSafeLoader.__init__(self, text)
        Composer.__init__(self)

    def compose_scalar_node(self, anchor: dict[Any, yaml.Node]) -> yaml.ScalarNode:
        """Return the next scalar, unless it is a value left out."""
        node = super().compose_scalar_node(anchor)
        if not (node.value or node.style):
            raise _EmptyScalarError
        return node
