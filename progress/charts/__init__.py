"""Charts as SVG pictures with a description; drawn here so that no library is needed."""

from progress.charts.drawing import Chart
from progress.charts.moves import moved, steps
from progress.charts.ratings import describe, distribution, stacked

__all__ = ["Chart", "describe", "distribution", "moved", "stacked", "steps"]
