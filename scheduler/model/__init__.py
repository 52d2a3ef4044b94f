"""The words of the business as frozen, validated values. Stands on `geodata.coordinates` alone."""
