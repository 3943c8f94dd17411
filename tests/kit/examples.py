"""How many examples a property test draws: as many as it names, in ``make soak`` ten times that."""

from hypothesis import settings

LONG = 10


def examples(count, **more):
    """Return the settings of a property test that draws ``count`` examples in ``make test``."""
    is_long = settings.get_current_profile_name() == "long"
    return settings(max_examples=count * LONG if is_long else count, **more)
