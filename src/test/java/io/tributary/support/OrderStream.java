package io.tributary.support;

/** A third stream, as somebody adds it to the shipped routes. */
public final class OrderStream {
  private OrderStream() {}

  /** What comes behind the shipped {@code intake.camel.yaml}. */
  public static String of(String topic) {
    return """

    - templatedRoute:
        routeTemplateRef: stream-intake
        routeId: order-intake
        parameters:
          - {name: topic, value: %s}
          - {name: section, value: orders}
          - {name: countField, value: orderCount}
    """
        .formatted(topic);
  }
}
