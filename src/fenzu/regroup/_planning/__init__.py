"""Planning: wish and mirror side by side, what that takes, what it costs, and what should not happen by mistake."""
