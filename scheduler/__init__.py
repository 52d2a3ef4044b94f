"""The business: overdue cases in, checked and published days out, results of visits back."""
