"""How they keep it: rounds, assessments, answers and reviews."""
