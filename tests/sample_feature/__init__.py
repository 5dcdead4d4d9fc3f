"""One feature with every kind of parameter, block and behaviour, for tests of the adapters.

`note` has the parameters and forms, `sample` the blocks and what a command may do: fail, refuse, take long.
"""

from dataclasses import replace

from core.commands.registry import Registry, discover

GROUPS = {"sample": "Every block and behaviour", "note": "Every kind of parameter"}


def sample_registry() -> Registry:
    """The sample feature alone."""
    return discover("tests.sample_feature")


def with_sample_feature(registry: Registry) -> Registry:
    """A registry with the sample feature added."""
    sample = sample_registry()
    return replace(
        registry,
        commands={**registry.commands, **sample.commands},
        records={**registry.records, **sample.records},
        summaries={**registry.summaries, **sample.summaries},
    )
