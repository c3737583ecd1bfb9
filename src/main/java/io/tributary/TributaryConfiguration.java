package io.tributary;

import static org.apache.camel.support.LifecycleStrategySupport.adapt;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.tributary.batch.CompletionFactory;
import io.tributary.deadletter.DeadLetterClients;
import io.tributary.deadletter.DeadLetterFormat;
import io.tributary.deadletter.DeadLetterHeaders;
import io.tributary.deadletter.DeadLetterState;
import io.tributary.decode.EventDecoder;
import io.tributary.dedupe.SeenContents;
import io.tributary.dedupe.SeenIds;
import io.tributary.delivery.ApiClient;
import io.tributary.delivery.ApiState;
import io.tributary.delivery.BatchHalving;
import io.tributary.delivery.DeliveryReport;
import io.tributary.delivery.RecentBatches;
import io.tributary.delivery.Turns;
import io.tributary.intake.ConsumerStates;
import io.tributary.intake.GatedKafkaClients;
import io.tributary.intake.PollFormat;
import io.tributary.intake.ReadGate;
import io.tributary.memory.EmergencyStop;
import io.tributary.memory.OutOfMemory;
import io.tributary.merge.BatchLimits;
import io.tributary.merge.MergeRepository;
import io.tributary.merge.MergeStrategy;
import io.tributary.merge.OpenBatch;
import io.tributary.merge.Sections;
import io.tributary.metrics.KafkaMeters;
import io.tributary.metrics.Ledger;
import io.tributary.metrics.Meters;
import io.tributary.operations.ManagedTributary;
import io.tributary.operations.Readiness;
import io.tributary.operations.StartBanner;
import io.tributary.operations.Statistics;
import io.tributary.operations.Status;
import io.tributary.reload.RouteFiles;
import io.tributary.reload.RoutesReload;
import io.tributary.schema.SchemaRegistry;
import io.tributary.settings.KafkaSecurity;
import io.tributary.settings.ManagementAccess;
import io.tributary.settings.Setting;
import io.tributary.settings.SettingException;
import io.tributary.settings.Settings;
import io.tributary.store.DamagedStore;
import io.tributary.store.Store;
import io.tributary.store.StoreException;
import io.tributary.tracing.Tracing;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.util.function.Consumer;
import org.apache.camel.CamelConfiguration;
import org.apache.camel.CamelContext;
import org.apache.camel.Service;
import org.apache.camel.builder.ThreadPoolProfileBuilder;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.processor.aggregate.AggregateController;
import org.apache.camel.processor.aggregate.DefaultAggregateController;
import org.apache.camel.spi.OnCamelContextInitializing;
import org.apache.camel.spi.OnCamelContextStarted;
import org.apache.camel.spi.OnCamelContextStopped;
import org.apache.camel.spi.OnCamelContextStopping;
import org.apache.camel.spi.Registry;
import org.apache.camel.support.service.ServiceSupport;

/** Makes the beans that the routes name, from the settings. */
public final class TributaryConfiguration implements CamelConfiguration {
  private static final String READ_AGAIN =
      ", move the folder away and set the group's offsets back (kafka-consumer-groups"
          + " --reset-offsets), so that what was not delivered is read again";

  private static final String DAMAGED_AND_COMMITTED =
      "; with KAFKA_COMMIT=stored its records are committed already: to go on" + READ_AGAIN;

  private static final String STORE_BEHIND =
      "; with KAFKA_COMMIT=stored that means that records are missing: to go on" + READ_AGAIN;

  @Override
  public void configure(CamelContext context) {
    OutOfMemory.watch(context);
    Settings settings = Settings.of(context);
    ManagementAccess.checkApplied(settings, context);
    StartBanner.log(context, settings);
    KafkaSecurity.apply(settings, context);
    Clock clock = Clock.systemUTC();
    Registry beans = context.getRegistry();
    Vertx vertx = Http1Vertx.create();
    beans.bind("vertx", vertx);
    // Not a service: one that Camel has found in its registry ends after the server that uses it.
    OnCamelContextStopped end = stopped -> vertx.close();
    context.addLifecycleStrategy(adapt(end));
    MeterRegistry meters = Meters.of(beans);
    addService(context, closing(Meters.showProcess(meters)::close));
    KafkaMeters kafkaMeters = new KafkaMeters(meters);
    int size = settings.whole(Setting.IDEMPOTENCY_CACHE_SIZE);
    SeenIds seenIds = new SeenIds(size, settings.seconds(Setting.IDEMPOTENCY_CACHE_TTL));
    SeenContents seenContents =
        new SeenContents(
            settings.contentDedupe(), size, settings.seconds(Setting.IDEMPOTENCY_CACHE_TTL));
    Store store = store(settings, seenIds, seenContents, clock);
    addService(context, closing(store::close));
    Tracing tracing = Tracing.of(settings);
    addService(context, closing(tracing::close));

    Sections sections = new Sections(context);
    OnCamelContextInitializing readRoutes = initializing -> sections.checkStreams();
    context.addLifecycleStrategy(adapt(readRoutes));
    BatchLimits limits = new BatchLimits(settings, sections);
    ReadGate gate = new ReadGate(store, settings.whole(Setting.MERGE_MAX_PENDING_BATCHES), clock);
    ConsumerStates consumers = new ConsumerStates(clock);
    ApiState api = new ApiState(clock);
    Ledger ledger = new Ledger(meters, store);
    Runnable expectTopics = () -> sections.topics().forEach(ledger::expect);
    context.addLifecycleStrategy(adapt((OnCamelContextStarted) started -> expectTopics.run()));
    CompletionFactory completions =
        new CompletionFactory(
            clock, settings.text(Setting.SERVICE_NAME), settings.text(Setting.SERVICE_VERSION));

    DeadLetterState deadLetterState = new DeadLetterState(clock);
    DeadLetterClients deadLetterClients = new DeadLetterClients(kafkaMeters, deadLetterState);
    SchemaRegistry registry =
        SchemaRegistry.of(settings, settings.seconds(Setting.SCHEMA_REGISTRY_PATIENCE));
    if (registry != null) {
      beans.bind("schemaRegistryHealth", Readiness.ofRegistry(registry));
      context.addLifecycleStrategy(adapt((OnCamelContextStopping) stopping -> registry.end()));
    }
    OnCamelContextStopping stop =
        stopping -> {
          gate.end();
          deadLetterClients.close();
        };
    context.addLifecycleStrategy(adapt(stop));

    PollFormat poll =
        new PollFormat(
            new EventDecoder(settings.contentDedupe(), registry),
            sections,
            limits::now,
            settings.is(Setting.TRACING, "otlp"));
    beans.bind("poll", poll);
    GatedKafkaClients gatedClients =
        new GatedKafkaClients(
            settings,
            store,
            gate,
            consumers,
            kafkaMeters,
            poll::readable,
            why -> EmergencyStop.end(why + STORE_BEHIND));
    addService(context, closing(gatedClients::close));
    beans.bind("gatedClients", gatedClients);
    beans.bind("deadLetterClients", deadLetterClients);
    beans.bind("seenIds", seenIds);
    beans.bind("seenContents", seenContents);
    beans.bind("mergeStrategy", new MergeStrategy(limits));
    OpenBatch openBatch =
        new OpenBatch(store, limits, settings.seconds(Setting.MERGE_FLUSH_INTERVAL), clock);
    beans.bind("openBatch", openBatch);
    AggregateController mergeControl = new DefaultAggregateController();
    beans.bind("mergeControl", mergeControl);
    beans.bind("mergeStore", store);
    Turns turns = new Turns(store, settings, clock);
    beans.bind("turns", turns);
    beans.bind(
        "mergeRepository",
        new MergeRepository(
            store, sections, openBatch, completions, ledger::completed, turns::isDue));
    // As many batches wait as may be pending. By default a thousand do, and the next one is sent by
    // whoever completes it, beside the delivery.
    beans.bind(
        "deliveryThread",
        context
            .getExecutorServiceManager()
            .newThreadPool(
                store,
                "delivery",
                new ThreadPoolProfileBuilder("delivery")
                    .poolSize(1)
                    .maxPoolSize(1)
                    .maxQueueSize(Integer.MAX_VALUE)
                    .build()));
    bindApiClient(context, settings, meters);
    RecentBatches recent = new RecentBatches(clock);
    beans.bind("tracing", tracing);
    beans.bind(
        "batchHalving",
        new BatchHalving(
            store, limits, tracing, settings.is(Setting.SPLIT_REFUSED_BATCHES, "true")));
    beans.bind("deliveryReport", new DeliveryReport(ledger, api, recent, tracing, clock));
    beans.bind(
        "status",
        new Status(
            context, settings, sections, consumers, gate, limits, openBatch, store, ledger, api,
            recent, clock));
    beans.bind("deadLetters", new DeadLetterFormat(clock));
    beans.bind("deadLetterHeaders", new DeadLetterHeaders());
    beans.bind("ledger", ledger);
    beans.bind("statistics", new Statistics(sections, size, ledger, store, seenIds));
    beans.bind("analyticsApiHealth", Readiness.ofApi(api));
    beans.bind("kafkaHealth", Readiness.ofKafka(sections, consumers, settings));
    beans.bind("stateFolderHealth", Readiness.ofStore(store));
    beans.bind(
        "deadLetterTopicHealth",
        Readiness.ofDeadLetters(settings.text(Setting.DEAD_LETTER_TOPIC), deadLetterState));
    beans.bind("intakeHealth", Readiness.ofIntake(gate));
    beans.bind("routesHealth", Readiness.ofRoutes(context));
    new ManagedTributary(store, gate, mergeControl).register(context);
    Meters.show(meters, store, seenIds, seenContents);
    RouteFiles.read(Tributary.ROUTES).check(context);
    if (settings.is(Setting.ROUTES_RELOAD, "true")) {
      addService(
          context,
          new RoutesReload(
              (ModelCamelContext) context, Tributary.ROUTES, sections, gate, expectTopics));
    }
  }

  /** How the API is reached, for the route {@code api-call}. */
  static void bindApiClient(CamelContext context, Settings settings, MeterRegistry meters) {
    ApiClient client =
        new ApiClient(
            settings,
            context
                .getExecutorServiceManager()
                .newSingleThreadScheduledExecutor(context, "delivery-time-limit"),
            Timer.builder("tributary.delivery")
                .description("Time of one attempt to deliver a batch")
                .register(meters));
    context.getRegistry().bind("apiClient", client);
  }

  private static Store store(
      Settings settings, SeenIds seenIds, SeenContents seenContents, Clock clock) {
    DamagedStore damaged = new DamagedStore(settings.stateDir(), clock);
    Consumer<StoreException> onDamage =
        e -> {
          damaged.mark(e);
          EmergencyStop.end(e.getMessage() + "; the next start puts it aside");
        };
    Store.Options options =
        new Store.Options(
            settings.stateDir(),
            settings.is(Setting.KAFKA_COMMIT, "stored"),
            settings.whole(Setting.IDEMPOTENCY_CACHE_SIZE),
            settings.seconds(Setting.IDEMPOTENCY_CACHE_TTL),
            onDamage);
    try {
      return Store.open(options, seenIds, seenContents, clock);
    } catch (StoreException e) {
      throw new SettingException(
          Setting.MERGE_STATE_DIR,
          settings.stateDir().toString(),
          e.getMessage() + (e.isDamage() ? DAMAGED_AND_COMMITTED : ""));
    }
  }

  /** Services end after the routes have stopped. */
  private static Service closing(Runnable close) {
    return new ServiceSupport() {
      @Override
      protected void doStop() {
        close.run();
      }
    };
  }

  private static void addService(CamelContext context, Service service) {
    try {
      context.addService(service);
    } catch (Exception e) {
      throw new IllegalStateException("A service cannot be tied to the Camel context", e);
    }
  }
}
