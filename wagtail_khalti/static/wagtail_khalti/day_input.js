/* Wagtail's date picker on the fields of day_input.py. */
window.wagtail.app.register(
  'khalti-day',
  class extends window.StimulusModule.Controller {
    static values = { config: Object };

    // Once for each field: it is connected again where Wagtail moves the filters about.
    initialize() {
      window.initDateChooser(this.element.id, this.configValue);
    }
  },
);
