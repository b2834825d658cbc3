"""The verbs of how partners keep their promise: the only place that writes."""
