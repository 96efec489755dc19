from django import forms
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render

from shop.models import Line, Order, Product, State

OrderForm = forms.modelform_factory(Order, fields=["address", "pays_cash"])


class CartForm(forms.Form):
    product = forms.ModelChoiceField(Product.objects.filter(stock__gt=0))
    quantity = forms.IntegerField(min_value=0, max_value=99, initial=1)


def catalogue(request):
    form = CartForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        key = str(form.cleaned_data["product"].pk)
        request.session["cart"] = {**request.session.get("cart", {}), key: form.cleaned_data["quantity"]}
        return redirect("checkout")
    return render(request, "shop/catalogue.html", {"form": form})


@login_required
def checkout(request):
    cart = {key: quantity for key, quantity in request.session.get("cart", {}).items() if quantity}
    lines = [Line(product=product, quantity=cart[str(product.pk)]) for product in Product.objects.filter(pk__in=cart)]
    total = sum(line.product.price * line.quantity for line in lines)
    form = OrderForm(request.POST or None, instance=Order(customer=request.user, total=total))
    if request.method == "POST" and lines and form.is_valid():
        with transaction.atomic():
            order = form.save()
            order.lines.set(lines, bulk=False)
            if order.pays_cash:
                order.take_stock(State.CASH)
        del request.session["cart"]
        return redirect(order)
    return render(request, "shop/checkout.html", {"lines": lines, "total": total, "form": form})


@login_required
def orders(request):
    return render(request, "shop/orders.html", {"orders": request.user.order_set.with_payment_state()})


@login_required
def order(request, pk):
    own = get_object_or_404(Order, pk=pk, customer=request.user)
    if request.method == "POST" and own.state == State.CASH:
        own.cancel()
        return redirect(own)
    return render(request, "shop/order.html", {"order": own})
