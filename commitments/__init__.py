"""What is promised: the Declaration's editions, commitments and indicators."""
