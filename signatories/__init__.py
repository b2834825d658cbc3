"""Who has promised it: partners, people, signatures and certificates."""
