"""The annual class that a unit's file supports, and the annual list of a đảng bộ."""
