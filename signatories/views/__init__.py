"""The pages of who has promised it, by audience."""
