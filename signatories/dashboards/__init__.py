"""What can be seen of people, partners and signatures: reads, as frozen dataclasses."""
