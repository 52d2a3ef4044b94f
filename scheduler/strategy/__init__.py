"""How to speak with a customer: cards from playbooks and product rules."""
