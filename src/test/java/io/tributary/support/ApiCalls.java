package io.tributary.support;

import io.tributary.settings.Setting;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.http.base.HttpOperationFailedException;

/** Tributary without a broker, whose shipped route {@code api-call} is called by hand. */
public final class ApiCalls implements AutoCloseable {
  private final RunningTributary tributary;

  private ApiCalls(RunningTributary tributary) {
    this.tributary = tributary;
  }

  public static ApiCalls with(Path state, String apiUrl, Map<Setting, ?> settings)
      throws Exception {
    RunningTributary.Builder builder =
        RunningTributary.with(state, "127.0.0.1:1", apiUrl).withoutKafka();
    settings.forEach(builder::set);
    return new ApiCalls(builder.start());
  }

  public RunningTributary tributary() {
    return tributary;
  }

  /** POSTs a document; the status, or what came in place of one. */
  public String post(String eventId, String document) {
    return post(eventId, document.getBytes(StandardCharsets.UTF_8));
  }

  /** POSTs a body that Camel's HTTP client takes; the status, or what came in place of one. */
  public String post(String eventId, Object body) {
    Exchange exchange = call(eventId, body);
    Exception failure = exchange.getException();
    if (failure == null) {
      return exchange.getMessage().getHeader(Exchange.HTTP_RESPONSE_CODE, String.class);
    }
    return failure instanceof HttpOperationFailedException answer
        ? String.valueOf(answer.getStatusCode())
        : failure.toString();
  }

  /** POSTs a body; the exchange with the answer or the failure. */
  public Exchange call(String eventId, Object body) {
    return tributary
        .context()
        .createProducerTemplate()
        .send(
            "direct:post-to-api",
            call -> {
              call.setVariable("eventId", eventId);
              call.getIn().setBody(body);
            });
  }

  @Override
  public void close() {
    tributary.close();
  }
}
