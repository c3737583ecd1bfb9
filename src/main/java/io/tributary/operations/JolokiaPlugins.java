package io.tributary.operations;

import org.apache.camel.component.platform.http.plugin.DefaultJolokiaPlatformHttpPlugin;
import org.apache.camel.component.platform.http.plugin.JolokiaPlatformHttpPlugin;
import org.jolokia.server.core.config.ConfigKey;

/** Makes Camel's Jolokia with one of the two access policies in the jar. */
public final class JolokiaPlugins {
  private static final String READING = "classpath:/jolokia-access.xml";
  private static final String WRITING = "classpath:/jolokia-write-access.xml";

  private JolokiaPlugins() {}

  /**
   * Camel's plugin takes its policy from a system property only, and reads it when it is made. So
   * the property is there for that moment, and nobody else makes one meanwhile.
   */
  public static synchronized JolokiaPlatformHttpPlugin make(boolean writable) {
    String property = ConfigKey.POLICY_LOCATION.asSystemProperty();
    String before = System.getProperty(property);
    System.setProperty(property, writable ? WRITING : READING);
    try {
      return new DefaultJolokiaPlatformHttpPlugin();
    } finally {
      if (before == null) {
        System.clearProperty(property);
      } else {
        System.setProperty(property, before);
      }
    }
  }
}
