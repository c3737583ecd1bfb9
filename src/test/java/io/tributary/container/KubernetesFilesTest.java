package io.tributary.container;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.tributary.settings.Setting;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The files in deploy/kubernetes: every field is one of the API's, and fits the image. */
class KubernetesFilesTest {
  private static final Path FOLDER = Path.of("deploy/kubernetes");
  private static final YAMLMapper YAML = new YAMLMapper();

  /** Refuses a field that the API does not know, and a number or boolean where it has text. */
  private static final ObjectMapper STRICT =
      YAMLMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .annotationIntrospector(new NoOtherFields())
          .build();

  /** The models keep what they do not know; here it is an error. */
  private static final class NoOtherFields extends JacksonAnnotationIntrospector {
    private static final long serialVersionUID = 1;

    @Override
    public Boolean hasAnySetter(Annotated annotated) {
      return Boolean.FALSE;
    }
  }

  private final Dockerfile dockerfile;
  private final String source;
  private final StatefulSet set;
  private final PodSpec pod;
  private final Container container;

  KubernetesFilesTest() throws IOException {
    dockerfile = Dockerfile.read(Path.of("Dockerfile"));
    source = Files.readString(FOLDER.resolve("stateful-set.yaml"));
    set = STRICT.readValue(source, StatefulSet.class);
    pod = set.getSpec().getTemplate().getSpec();
    container = pod.getContainers().get(0);
  }

  @Test
  void misspeltField_isSeen() {
    assertThrows(
        JsonMappingException.class,
        () -> STRICT.readValue(source.replace("fsGroup:", "fsgroup:"), StatefulSet.class));
    assertThrows(
        JsonMappingException.class,
        () ->
            STRICT.readValue(
                source.replace("runAsNonRoot: true", "runAsNonRoot: 'true'"), StatefulSet.class));
  }

  @Test
  void service_selectsThePodsAndGivesThemNames() throws IOException {
    // When
    Service service = STRICT.readValue(FOLDER.resolve("service.yaml").toFile(), Service.class);

    // Then
    assertEquals(set.getSpec().getServiceName(), service.getMetadata().getName());
    assertEquals("None", service.getSpec().getClusterIP());
    assertEquals(
        set.getSpec().getTemplate().getMetadata().getLabels(), service.getSpec().getSelector());
    assertEquals(set.getSpec().getSelector().getMatchLabels(), service.getSpec().getSelector());
    assertEquals(
        container.getPorts().get(0).getName(),
        service.getSpec().getPorts().get(0).getTargetPort().getStrVal());
  }

  @Test
  void pod_isNobodySpecial() {
    assertTrue(pod.getSecurityContext().getRunAsNonRoot());
    assertEquals(
        dockerfile.last("tributary", "USER"),
        pod.getSecurityContext().getRunAsUser() + ":" + pod.getSecurityContext().getRunAsGroup());
    assertEquals(pod.getSecurityContext().getRunAsGroup(), pod.getSecurityContext().getFsGroup());
    assertEquals("RuntimeDefault", pod.getSecurityContext().getSeccompProfile().getType());
    assertTrue(container.getSecurityContext().getReadOnlyRootFilesystem());
    assertEquals(false, container.getSecurityContext().getAllowPrivilegeEscalation());
    assertEquals(List.of("ALL"), container.getSecurityContext().getCapabilities().getDrop());
    assertEquals(false, pod.getAutomountServiceAccountToken());
  }

  @Test
  void pod_canWriteItsStateAndTemporaryFilesOnly() {
    // When
    List<String> mounted =
        container.getVolumeMounts().stream().map(VolumeMount::getMountPath).toList();

    // Then
    assertEquals(List.of(dockerfile.last("tributary", "VOLUME"), "/tmp"), mounted);
    assertEquals(
        container.getVolumeMounts().get(0).getName(),
        set.getSpec().getVolumeClaimTemplates().get(0).getMetadata().getName());
    assertEquals(container.getVolumeMounts().get(1).getName(), pod.getVolumes().get(0).getName());
  }

  @Test
  void probes_askTheHealthOfTheManagementPort() {
    // Given
    int port = Integer.parseInt(Setting.MANAGEMENT_PORT.defaultValue());

    // Then
    assertEquals(port, container.getPorts().get(0).getContainerPort());
    assertEquals(String.valueOf(port), dockerfile.last("tributary", "EXPOSE"));
    assertEquals("/observe/health/live", path(container.getStartupProbe()));
    assertEquals("/observe/health/live", path(container.getLivenessProbe()));
    assertEquals("/observe/health/ready", path(container.getReadinessProbe()));
  }

  private String path(Probe probe) {
    assertEquals(container.getPorts().get(0).getName(), probe.getHttpGet().getPort().getStrVal());
    return probe.getHttpGet().getPath();
  }

  @Test
  void stop_hasMoreTimeThanItNeeds() {
    assertTrue(pod.getTerminationGracePeriodSeconds() > 10);
  }

  @Test
  void resources_areBounded() {
    assertEquals(
        container.getResources().getLimits().get("memory"),
        container.getResources().getRequests().get("memory"));
    assertTrue(container.getResources().getRequests().containsKey("cpu"));
  }

  @Test
  void kustomization_namesTheFilesAndSetsSettings() throws IOException {
    // When
    JsonNode kustomization = YAML.readTree(FOLDER.resolve("kustomization.yaml").toFile());

    // Then
    for (JsonNode resource : kustomization.get("resources")) {
      assertTrue(Files.exists(FOLDER.resolve(resource.asText())), resource.asText());
    }
    JsonNode settings = kustomization.at("/configMapGenerator/0");
    assertEquals(
        settings.get("name").asText(), container.getEnvFrom().get(0).getConfigMapRef().getName());
    for (JsonNode literal : settings.get("literals")) {
      Setting.valueOf(literal.asText().split("=")[0]);
    }
    assertEquals(container.getImage(), kustomization.at("/images/0/name").asText());
    assertTrue(kustomization.at("/images/0/newTag").asText().matches("\\d+\\.\\d+\\.\\d+"));
  }

  /**
   * kubectl itself puts the files together, where it is installed; it needs no cluster for that.
   */
  @Test
  void kustomization_isOneForKubectl() throws Exception {
    // Given
    Process kubectl;
    try {
      kubectl =
          new ProcessBuilder("kubectl", "kustomize", FOLDER.toString())
              .redirectErrorStream(true)
              .start();
    } catch (IOException notInstalled) {
      assumeTrue(false, "kubectl is not installed");
      return;
    }

    // When
    String output = new String(kubectl.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    // Then
    assertTrue(kubectl.waitFor(60, TimeUnit.SECONDS));
    assertEquals(0, kubectl.exitValue(), output);
    assertTrue(output.contains("kind: ConfigMap"), output);
    assertTrue(output.contains("image: tributary:1.0.0"), output);
  }
}
