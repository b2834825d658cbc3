"""What it adds up to: reads everything, writes only reports."""
