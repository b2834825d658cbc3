"""Commands about rounds and assessments."""
