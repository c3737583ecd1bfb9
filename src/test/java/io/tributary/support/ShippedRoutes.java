package io.tributary.support;

import io.tributary.TributaryConfiguration;
import io.tributary.demo.TemporaryFolder;
import io.tributary.settings.Setting;
import java.util.Properties;
import org.apache.camel.main.MainConfigurationProperties;
import org.apache.camel.test.junit5.CamelContextConfiguration;
import org.apache.camel.test.main.junit5.CamelMainTestSupport;
import org.junit.jupiter.api.AfterEach;

/** For a test of one of the shipped routes, which needs no broker: no topic is read. */
public abstract class ShippedRoutes extends CamelMainTestSupport {
  private TemporaryFolder state;

  @Override
  protected String getPropertyPlaceholderLocations() {
    return "file:application.properties";
  }

  @Override
  protected void configure(MainConfigurationProperties configuration) {
    configuration.withRoutesIncludePattern("file:routes/*.camel.yaml");
    configuration.withAutoStartupExcludePattern(".*-intake");
    configuration.addConfiguration(new TributaryConfiguration());
  }

  @Override
  public void configureContext(CamelContextConfiguration configuration) {
    super.configureContext(configuration);
    // Asked for while the test is constructed.
    state = new TemporaryFolder("tributary-state-");
    Properties settings = new Properties();
    settings.setProperty(Setting.MERGE_STATE_DIR.property(), state.path().toString());
    settings.setProperty(Setting.KAFKA_BOOTSTRAP_SERVERS.property(), "127.0.0.1:1");
    settings.setProperty(Setting.MANAGEMENT_PORT.property(), String.valueOf(Ports.free()));
    configuration.withUseOverridePropertiesWithPropertiesComponent(settings);
  }

  @AfterEach
  void deleteState() {
    context.stop();
    state.close();
  }
}
