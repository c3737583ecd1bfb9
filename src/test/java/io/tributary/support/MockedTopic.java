package io.tributary.support;

import org.apache.camel.CamelContext;
import org.apache.camel.builder.AdviceWith;
import org.apache.camel.builder.AdviceWithRouteBuilder;
import org.apache.camel.component.mock.MockEndpoint;

/** A mock in place of the dead-letter topic. */
public final class MockedTopic extends AdviceWithRouteBuilder {
  private static final String MOCK = "mock:dead-letters";

  private MockedTopic() {}

  /** Replaces the topic in the shipped route. */
  public static void replace(CamelContext context) throws Exception {
    AdviceWith.adviceWith("dead-letter-topic", context, new MockedTopic());
  }

  /** What has come there, once it is replaced. */
  public static MockEndpoint of(CamelContext context) {
    return context.getEndpoint(MOCK, MockEndpoint.class);
  }

  @Override
  public void configure() {
    weaveById("write-to-topic").replace().to(MOCK);
  }
}
