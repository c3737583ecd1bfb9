package io.tributary.operations;

import org.apache.camel.component.platform.http.plugin.DefaultJolokiaPlatformHttpPlugin;
import org.apache.camel.component.platform.http.plugin.JolokiaPlatformHttpPlugin;

/** Makes Camel's Jolokia with one of the two access policies in the jar. */
public final class JolokiaPlugins {
  private static final String POLICY = "jolokia.policyLocation";
  private static final String READING = "classpath:/jolokia-access.xml";
  private static final String WRITING = "classpath:/jolokia-write-access.xml";

  private JolokiaPlugins() {}

  /**
   * Camel's plugin takes its policy from a system property only, and reads it when it is made. So
   * the property is there for that moment, and nobody else makes one meanwhile.
   */
  public static synchronized JolokiaPlatformHttpPlugin make(boolean writable) {
    String before = System.getProperty(POLICY);
    System.setProperty(POLICY, writable ? WRITING : READING);
    try {
      return new DefaultJolokiaPlatformHttpPlugin();
    } finally {
      if (before == null) {
        System.clearProperty(POLICY);
      } else {
        System.setProperty(POLICY, before);
      }
    }
  }
}
