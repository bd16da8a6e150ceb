import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.LowerCaseFilter;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.core.FlattenGraphFilter;
import org.apache.lucene.analysis.core.WhitespaceTokenizer;
import org.apache.lucene.analysis.ko.KoreanAnalyzer;
import org.apache.lucene.analysis.miscellaneous.PerFieldAnalyzerWrapper;
import org.apache.lucene.analysis.miscellaneous.WordDelimiterGraphFilter;
import org.apache.lucene.analysis.ngram.EdgeNGramTokenFilter;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.StoredField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.facet.FacetsCollector;
import org.apache.lucene.facet.FacetsConfig;
import org.apache.lucene.facet.sortedset.DefaultSortedSetDocValuesReaderState;
import org.apache.lucene.facet.sortedset.SortedSetDocValuesFacetCounts;
import org.apache.lucene.facet.sortedset.SortedSetDocValuesFacetField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.BoostQuery;
import org.apache.lucene.search.DisjunctionMaxQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.MultiCollector;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.TopScoreDocCollectorManager;
import org.apache.lucene.store.FSDirectory;

/**
 * What a catalog on Elasticsearch or OpenSearch does inside: Lucene, with its Korean analyzer, over the same tables that
 * Reeve indexes, read from Reeve's own database, and asked the same questions. In one process and without HTTP, which
 * is in Lucene's favour.
 *
 * <pre>
 * Beside index  CATALOG.db FOLDER           prints the seconds it took
 * Beside search FOLDER     QUESTIONS.tsv    prints kind, microseconds and total of each question, the second time it is asked
 * </pre>
 */
public final class Beside {
  private static final int THREADS = 2;
  private static final double BUFFER_MB = 400;
  private static final int SHOWN = 20;
  private static final List<String> FACETS = List.of("kind", "source", "database", "owner", "format", "partitioned", "described");
  private static final FacetsConfig CONFIG = new FacetsConfig();

  private record Row(
      String source, String database, String name, String description, String owner, String format, boolean view,
      String columns, String keys) {}

  private static final Row END = new Row(null, null, null, null, null, null, false, null, null);

  public static void main(String[] arguments) throws Exception {
    switch (arguments[0]) {
      case "index" -> index(arguments[1], Path.of(arguments[2]));
      case "search" -> search(Path.of(arguments[1]), Path.of(arguments[2]));
      default -> throw new IllegalArgumentException(arguments[0]);
    }
  }

  /** Names: split on separators, case and digits. */
  private static final class Names extends Analyzer {
    private final boolean prefixes;

    Names(boolean prefixes) {
      this.prefixes = prefixes;
    }

    @Override
    protected TokenStreamComponents createComponents(String field) {
      var words = new WhitespaceTokenizer();
      if (prefixes) {
        return new TokenStreamComponents(words, new EdgeNGramTokenFilter(new LowerCaseFilter(words), 1, 40, true));
      }
      int flags =
          WordDelimiterGraphFilter.GENERATE_WORD_PARTS | WordDelimiterGraphFilter.GENERATE_NUMBER_PARTS
              | WordDelimiterGraphFilter.SPLIT_ON_CASE_CHANGE | WordDelimiterGraphFilter.SPLIT_ON_NUMERICS;
      var split = new WordDelimiterGraphFilter(words, flags, null);
      return new TokenStreamComponents(words, new FlattenGraphFilter(new LowerCaseFilter(split)));
    }
  }

  private static Analyzer analyzer(boolean asking) {
    var names = new Names(false);
    var prefix = asking ? new Analyzer() {
      @Override
      protected TokenStreamComponents createComponents(String field) {
        var words = new WhitespaceTokenizer();
        return new TokenStreamComponents(words, new LowerCaseFilter(words));
      }
    } : new Names(true);
    return new PerFieldAnalyzerWrapper(
        new KoreanAnalyzer(),
        Map.of("name", names, "column", names, "database_words", names, "owner_words", names, "prefix", prefix));
  }

  private static void index(String catalog, Path folder) throws Exception {
    long begun = System.nanoTime();
    var settings = new IndexWriterConfig(analyzer(false)).setRAMBufferSizeMB(BUFFER_MB);
    settings.setOpenMode(IndexWriterConfig.OpenMode.CREATE);
    BlockingQueue<Row> rows = new ArrayBlockingQueue<>(10_000);
    try (var writer = new IndexWriter(FSDirectory.open(folder), settings)) {
      var threads = new ArrayList<Thread>();
      var failed = new ArrayList<Throwable>();
      for (int i = 0; i < THREADS; i++) {
        var thread = new Thread(() -> {
          try {
            for (Row row = rows.take(); row != END; row = rows.take()) {
              writer.addDocument(CONFIG.build(document(row)));
            }
          } catch (Exception error) {
            synchronized (failed) {
              failed.add(error);
            }
            System.err.println(error);
            System.exit(1);
          }
        });
        thread.start();
        threads.add(thread);
      }
      read(catalog, rows);
      for (int i = 0; i < THREADS; i++) {
        rows.put(END);
      }
      for (var thread : threads) {
        thread.join();
      }
      writer.commit();
    }
    System.out.println((System.nanoTime() - begun) / 1e9);
  }

  private static void read(String catalog, BlockingQueue<Row> rows) throws Exception {
    var sql = """
        SELECT s.name, d.name, t.name, t.description, t.owner, t.format, t.is_view, t.columns, t.partition_keys
        FROM catalog_table t JOIN catalog_database d ON d.id = t.database_id JOIN source s ON s.id = d.source_id
        WHERE t.deleted_at IS NULL ORDER BY t.id""";
    try (var connection = DriverManager.getConnection("jdbc:sqlite:file:" + catalog + "?mode=ro");
        var found = connection.createStatement().executeQuery(sql)) {
      while (found.next()) {
        rows.put(
            new Row(
                found.getString(1), found.getString(2), found.getString(3), found.getString(4), found.getString(5),
                found.getString(6), found.getBoolean(7), found.getString(8), found.getString(9)));
      }
    }
  }

  private static Document document(Row row) throws IOException {
    var names = new StringBuilder();
    var comments = new StringBuilder();
    for (var list : List.of(row.columns, row.keys)) {
      columns(list, names, comments);
    }
    var document = new Document();
    document.add(new StringField("qualified", (row.database + "." + row.name).toLowerCase(), Field.Store.NO));
    document.add(new StringField("exact", row.name.toLowerCase(), Field.Store.NO));
    document.add(new TextField("prefix", row.name, Field.Store.NO));
    document.add(new TextField("name", row.name, Field.Store.YES));
    document.add(new TextField("database_words", row.database, Field.Store.YES));
    document.add(new TextField("column", names.toString(), Field.Store.YES));
    document.add(new TextField("comment", comments.toString(), Field.Store.YES));
    facet(document, "kind", row.view ? "view" : "table");
    facet(document, "source", row.source);
    facet(document, "database", row.database);
    facet(document, "partitioned", Boolean.toString(row.keys.length() > 2));
    facet(document, "described", Boolean.toString(row.description != null));
    if (row.description != null) {
      document.add(new TextField("description", row.description, Field.Store.YES));
    }
    if (row.owner != null && !row.owner.isEmpty()) {
      document.add(new TextField("owner_words", row.owner, Field.Store.YES));
      facet(document, "owner", row.owner);
    }
    if (row.format != null && !row.format.isEmpty()) {
      document.add(new StoredField("format_shown", row.format));
      facet(document, "format", row.format);
    }
    return document;
  }

  private static void facet(Document document, String name, String value) {
    document.add(new SortedSetDocValuesFacetField(name, value));
    document.add(new StringField(name, value.toLowerCase(), Field.Store.NO));
  }

  private static final JsonFactory JSON = new JsonFactory();

  private static void columns(String list, StringBuilder names, StringBuilder comments) throws IOException {
    try (var parser = JSON.createParser(list)) {
      for (var token = parser.nextToken(); token != null; token = parser.nextToken()) {
        if (token == JsonToken.FIELD_NAME) {
          var into = switch (parser.currentName()) {
            case "name" -> names;
            case "comment" -> comments;
            default -> null;
          };
          if (parser.nextToken() == JsonToken.VALUE_STRING && into != null) {
            into.append(parser.getText()).append('\n');
          }
        }
      }
    }
  }

  private static void search(Path folder, Path questions) throws Exception {
    try (var reader = DirectoryReader.open(FSDirectory.open(folder))) {
      var searcher = new IndexSearcher(reader);
      var facets = new DefaultSortedSetDocValuesReaderState(reader, CONFIG);
      var lines = Files.readAllLines(questions);
      // The first round is for the virtual machine, which compiles what runs often.
      for (int round = 0; round < 2; round++) {
        for (var line : lines) {
          var parts = line.split("\t");
          long begun = System.nanoTime();
          int total = ask(searcher, facets, parts[2], parts[1].equals("facets"));
          long took = System.nanoTime() - begun;
          if (round == 1) {
            System.out.println(parts[0] + "\t" + took / 1000 + "\t" + total);
          }
        }
      }
    }
  }

  /** One collector, not one per thread: a question is answered by one core, as in Reeve's figures beside it. */
  @SuppressWarnings("deprecation")
  private static int ask(
      IndexSearcher searcher, DefaultSortedSetDocValuesReaderState facets, String question, boolean counted)
      throws IOException {
    var query = query(question);
    // Every match is counted, as Reeve does.
    var best = new TopScoreDocCollectorManager(SHOWN, Integer.MAX_VALUE).newCollector();
    if (counted) {
      var matches = new FacetsCollector();
      searcher.search(query, MultiCollector.wrap(best, matches));
      var counts = new SortedSetDocValuesFacetCounts(facets, matches);
      for (var facet : FACETS) {
        counts.getTopChildren(20, facet);
      }
    } else {
      searcher.search(query, best);
    }
    var found = best.topDocs();
    for (ScoreDoc hit : found.scoreDocs) {
      searcher.storedFields().document(hit.doc);
    }
    return (int) found.totalHits.value;
  }

  private static final Analyzer ASKING = analyzer(true);

  private static Query query(String question) throws IOException {
    var all = new BooleanQuery.Builder();
    for (var word : question.split(" ")) {
      int colon = word.indexOf(':');
      if (colon > 0) {
        var value = word.substring(colon + 1).toLowerCase();
        var filter = switch (word.substring(0, colon)) {
          case "db" -> new Term("database", value);
          case "type" -> new Term("kind", value);
          case "has" -> new Term("described", "true");
          default -> new Term(word.substring(0, colon), value);
        };
        all.add(new TermQuery(filter), Occur.FILTER);
        continue;
      }
      var any = new ArrayList<Query>();
      any.add(new BoostQuery(new TermQuery(new Term("qualified", word.toLowerCase())), 100));
      any.add(new BoostQuery(new TermQuery(new Term("exact", word.toLowerCase())), 50));
      any.add(new BoostQuery(words("prefix", word), 20));
      any.add(new BoostQuery(words("name", word), 5));
      for (var field : List.of("database_words", "column", "description", "comment", "owner_words")) {
        any.add(words(field, word));
      }
      all.add(new DisjunctionMaxQuery(any, 0.1f), Occur.MUST);
    }
    return all.build();
  }

  /** All the words that a field's analyzer makes of a word of the question. */
  private static Query words(String field, String word) throws IOException {
    var all = new BooleanQuery.Builder();
    try (TokenStream tokens = ASKING.tokenStream(field, word)) {
      var text = tokens.addAttribute(CharTermAttribute.class);
      tokens.reset();
      while (tokens.incrementToken()) {
        all.add(new TermQuery(new Term(field, text.toString())), Occur.MUST);
      }
      tokens.end();
    }
    return all.build();
  }
}
