"""The demo server ``shop``: carts and orders, where one call hands out what the next one needs."""

from __future__ import annotations

import secrets
from typing import Annotated, Literal

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import ToolAnnotations
from pydantic import BaseModel, Field

Sku = Literal["mug", "pen", "lamp"]
CartId = Annotated[str, Field(description="The cart, as open_cart gave it.")]
OrderId = Annotated[str, Field(description="The order, as checkout gave it.")]

PRICES: dict[Sku, int] = {"mug": 900, "pen": 250, "lamp": 4500}
"""What a piece costs, in cents."""


class Product(BaseModel):
    """Something to buy."""

    sku: Sku
    price: int = Field(description="Price of one piece in cents.")


class Products(BaseModel):
    """All there is to buy."""

    products: list[Product]


class Cart(BaseModel):
    """What will be bought."""

    cart_id: str = Field(description="Hand it to add_item and checkout.")
    items: dict[Sku, int] = Field(description="How many pieces of each product.")
    total: int = Field(description="Sum of the prices in cents.")


class Order(BaseModel):
    """What was bought."""

    order_id: str = Field(description="Hand it to order_status.")
    status: Literal["packing", "shipped"]
    items: dict[Sku, int] = Field(description="How many pieces of each product.")
    total: int = Field(description="Sum of the prices in cents.")


server = MCPServer(
    "shop",
    title="Shop",
    version="1.2.0",
    instructions=(
        "Open a cart, add items to it, check it out. A cart is gone once it is checked out; "
        "ask for the order from then on."
    ),
)
_carts: dict[str, dict[Sku, int]] = {}
_orders: dict[str, Order] = {}
_closed: dict[str, str] = {}  # cart -> the order that it became


def _items(cart_id: str) -> dict[Sku, int]:
    if cart_id in _closed:
        raise ToolError(f"Cart {cart_id} is closed: it became order {_closed[cart_id]}.")
    if cart_id not in _carts:
        raise ToolError(f"There is no cart {cart_id}; open_cart gives a new one.")
    return _carts[cart_id]


def _total(items: dict[Sku, int]) -> int:
    return sum(PRICES[sku] * quantity for sku, quantity in items.items())


@server.tool(annotations=ToolAnnotations(read_only_hint=True, open_world_hint=False))
def list_products() -> Products:
    """List what there is to buy, with prices."""
    return Products(products=[Product(sku=sku, price=price) for sku, price in PRICES.items()])


@server.tool(annotations=ToolAnnotations(destructive_hint=False, open_world_hint=False))
def open_cart() -> Cart:
    """Open an empty cart."""
    cart_id = f"cart_{secrets.token_hex(4)}"
    _carts[cart_id] = {}
    return Cart(cart_id=cart_id, items={}, total=0)


@server.tool(annotations=ToolAnnotations(destructive_hint=False, open_world_hint=False))
def add_item(
    cart_id: CartId,
    sku: Annotated[Sku, Field(description="The product, as list_products gives it.")],
    quantity: Annotated[int, Field(description="How many pieces.", ge=1, le=100)] = 1,
) -> Cart:
    """Put pieces of a product into a cart."""
    items = _items(cart_id)
    items[sku] = items.get(sku, 0) + quantity
    return Cart(cart_id=cart_id, items=items, total=_total(items))


@server.tool(annotations=ToolAnnotations(destructive_hint=True, open_world_hint=False))
def checkout(cart_id: CartId) -> Order:
    """Buy what is in a cart. The cart is closed and cannot be used again."""
    items = _items(cart_id)
    if not items:
        raise ToolError(f"Cart {cart_id} is empty; add_item puts something into it.")
    order_id = f"order_{secrets.token_hex(4)}"
    order = Order(order_id=order_id, status="packing", items=items, total=_total(items))
    _orders[order_id] = order
    _closed[cart_id] = order_id
    del _carts[cart_id]
    return order


@server.tool(annotations=ToolAnnotations(read_only_hint=True, open_world_hint=False))
def order_status(order_id: OrderId) -> Order:
    """Tell how far an order is."""
    if order_id not in _orders:
        raise ToolError(f"There is no order {order_id}; checkout gives one.")
    return _orders[order_id]


@server.prompt()
def recommend(
    budget: Annotated[str, Field(description="What may be spent, in cents.")],
) -> str:
    """Ask for something to buy within a budget."""
    return f"List the products and put a cart together that costs no more than {budget} cents."


@server.resource("shop://terms", mime_type="text/plain")
def terms() -> str:
    """The terms of sale."""
    return "Nothing here is for sale. Prices are in cents and include nothing.\n"
