"""The platform's addresses, for firewalls that list whom they let through."""

from typing import TypeAlias

from fenzu.client._account import Account
from fenzu.client._call import operation, perform
from fenzu.client._codec import AddressesAnswer
from fenzu.client._flow import Flow

AddressList: TypeAlias = list[str]


def ips(account: Account) -> Flow[AddressList]:
    return (yield from perform(account, operation("domain.ips", AddressesAnswer))).ip_list


def callback_ips(account: Account) -> Flow[AddressList]:
    return (yield from perform(account, operation("domain.callback_ips", AddressesAnswer))).ip_list
