"""The verbs of who has promised it: the only place that writes."""
