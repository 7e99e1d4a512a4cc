"""What tests need of fenzu, its own and other projects': a sandbox process that starts, answers and goes away."""

from fenzu.testing.process import Ready, SandboxFailed, SandboxProcess

__all__ = ["Ready", "SandboxFailed", "SandboxProcess"]
