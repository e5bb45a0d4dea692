"""How alike texts are: BM25 (Robertson and Zaragoza, 2009) as tantivy works it out, over an index held in memory.

tantivy is loaded by the functions: only what suggests needs it.
"""

from collections.abc import Sequence

Words = tuple[str, ...]


def words_of(texts: Sequence[str]) -> list[Words]:
    """Each text's words in lower case, without single letters and those that every English sentence has."""
    from tantivy import Filter, TextAnalyzerBuilder, Tokenizer

    plain = TextAnalyzerBuilder(Tokenizer.simple()).filter(Filter.lowercase())
    analyzer = plain.filter(Filter.stopword("english")).build()
    return [tuple(word for word in analyzer.analyze(text) if len(word) > 1 or word.isdigit()) for text in texts]


def likenesses(asked: Sequence[Words], known: Sequence[Words]) -> list[list[float]]:
    """For each asked text, how much of it each known text holds, 0 to 1: its BM25 score, of the score that the asked
    text itself has. Rare words weigh more than common ones.

    The scores of two runs over the same texts, in the same order, are the same.
    """
    if not asked or not known:
        return [[0.0] * len(known) for _ in asked]
    from tantivy import Document, Index, Occur, Query, SchemaBuilder

    # `raw`: a word is a token as it is, whatever is in it
    schema = (
        SchemaBuilder()
        .add_text_field("words", tokenizer_name="raw", index_option="freq")
        .add_integer_field("number", stored=True)
        .build()
    )
    index = Index(schema)
    # one thread: where a text stands in the index must not depend on the machine
    writer = index.writer(num_threads=1)
    for number, words in enumerate((*known, *asked)):
        document = Document(number=number)
        for word in words:
            document.add_text("words", word)
        writer.add_document(document)
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    searcher = index.searcher()
    found = []
    for number, words in enumerate(asked, start=len(known)):
        terms = [(Occur.Should, Query.term_query(schema, "words", word, "freq")) for word in sorted(set(words))]
        hits = searcher.search(Query.boolean_query(terms), limit=len(known) + len(asked)).hits if terms else []
        scores = {int(searcher.doc(address)["number"][0]): float(score) for score, address in hits}
        whole = scores.get(number, 0.0)
        found.append([min(1.0, scores.get(each, 0.0) / whole) if whole else 0.0 for each in range(len(known))])
    return found
