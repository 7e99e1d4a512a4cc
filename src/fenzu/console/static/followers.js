// The page of followers.
