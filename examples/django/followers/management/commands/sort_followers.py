"""`python manage.py sort_followers VIP < openids.txt` puts followers into a group, and makes it where it is missing."""

import sys
from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from fenzu.errors import FenzuError
from followers.wechat import account


class Command(BaseCommand):
    help = "Put the followers whose openids stand on stdin, one a line, into a group."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("group", help="the group's name")

    def handle(self, *, group: str, **options: object) -> None:
        groups = account().groups
        try:
            named = {each.name: each for each in groups.list()}
            result = groups.move_many(sys.stdin.read().split(), to=named.get(group) or groups.create(group))
        except FenzuError as error:
            raise CommandError(error) from None
        self.stdout.write(f"moved {len(result.moved)}")
        if result.stopped_by or result.failed:
            raise CommandError(str(result.stopped_by or f"{len(result.failed)} could not be moved"))
