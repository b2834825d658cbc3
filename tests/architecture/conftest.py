"""These tests need a round."""

from tests.assessment_fixtures import assessment, round

__all__ = ["assessment", "round"]
