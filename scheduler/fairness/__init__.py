"""The fairness audit: who is selected and when they are visited, group by group, against need."""
