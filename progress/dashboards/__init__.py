"""The questions behind every overview, a module for each page; reads only, no request."""
