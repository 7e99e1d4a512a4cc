"""Running: a plan carried out, call by call, under a hold on the account."""
