"""What only a developer's machine has: the mail catcher with its pages, and starting it all."""
