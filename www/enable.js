/** Enables or disables a button. `aria-disabled`, so that it keeps the focus and can say why it does nothing. */
export function enable(button, isEnabled) {
  if (isEnabled) button.removeAttribute('aria-disabled');
  else button.setAttribute('aria-disabled', 'true');
}
