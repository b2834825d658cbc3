"""Is what was asked for well-formed? The round of a report, the filters of the pages."""
