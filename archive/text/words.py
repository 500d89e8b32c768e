"""The words by which a page says that a part of it is not the article: class tokens, headings, counters."""
# ruff: noqa: E501, SIM905  (word lists read best as running text; a line break inside a pattern hides an error)

import re

HARD_PARTS = frozenset(
    """
    sidebar related recommended recommendations recommend comments disqus cookie cookies cookiebar gdpr
    newsletter breadcrumb breadcrumbs pagination navbar navigation advert adverts advertisement
    sponsored outbrain taboola addtoany sharedaddy jp-relatedposts trending popular mostread popup modal
    sharebar sharethis moderation
    """.split()
)
"""Parts of a class or id (cut at `-`, `_`, `__` and camelCase) that always name furniture."""

LINKING = frozenset({"related", "recommended", "recommend", "trending", "popular", "mostread"})
"""Hard parts that name lists of other pages: without a link inside they mean something else."""

TOKENS = frozenset(
    """
    widget widgets widget-area views view-count viewcount post-views pageviews hits counter counters
    visits share shares sharing share-buttons share-bar social social-links social-share comment
    comment-list commentlist comment-count comments-link comment-form comment-respond respond ad ads
    adbox ad-slot adslot adsense banner banners menu nav topnav subnav pager tags tag-list tagcloud
    tag-cloud post-tags entry-tags tags-trends tags-links tag-links cat-links footer page-footer
    site-footer site-header masthead topbar toolbar promo promos counterbox teaser-list most-read
    most-popular mostpopular top-stories latest-news latest-posts latest-articles recent recent-posts
    recent-comments recentposts archive-list archives blog-archive read-more-list readmore-list
    also-like you-may-like more-stories more-news more-articles more-posts more-from see-also crosslinks
    suggested suggestions similar similar-posts rside lside leftcol rightcol left-column right-column
    leftcolumn rightcolumn side-column sidecol secondary search searchform search-form login subscribe
    subscription signup sign-up follow follow-us rating ratings stars votes likes like-count reactions
    player podcasts podcast-list copyright credits-footer print-only bottom foot printonly no-print
    noprint skip-link screen-reader-text sr-only visually-hidden visuallyhidden author-box author-bio
    about-author authorbox post-author-box post-nav post-navigation nav-links nav-previous nav-next
    prev-next page-links site-info reading-time readtime read-time clock weather ticker live-ticker
    stats statistics report edit-link mw-editsection toc-toggle poll quiz twitter-tweet instagram-media
    catlinks printfooter sitenotice mw-jump-link jump-to-nav navbox toc product_meta stock postprofile
    fb-post consent onetrust-consent-sdk partner partners donate donation moderation
    """.split()
)
"""Whole class or id tokens that name furniture; a token that only contains one of them does not."""

PREFIXES = (
    "widget_",
    "sidebar-",
    "google-ad",
    "div-gpt-",
    "ad-slot",
    "ad_slot",
    "adsby",
    "cookie",
    "comment-form",
)

SHARING = (
    frozenset({"share", "social", "sharing"}),
    frozenset(
        """
    buttons button bar links icons list count counts tools block box wrap wrapper container follow
    """.split()
    ),
)
"""A token with a part of each, like `post-share-buttons`, names a share bar."""

ASKING = (
    frozenset({"poll", "polls", "quiz", "survey", "vote", "voting"}),
    frozenset({"widget", "box", "form", "wrap", "wrapper", "container", "block", "module"}),
)
"""A token with a part of each names a box that asks the readers something."""

BARRING = (
    frozenset({"paywall", "regwall", "barrier"}),
    frozenset({"prompt", "banner", "message", "modal", "overlay", "cta", "box", "offer", "notice", "inline"}),
)
"""A token with a part of each asks for money; the class "paywall" alone marks what is behind it, the article."""

TURNING = (frozenset({"next"}), frozenset({"prev", "previous"}))
"""A token with a part of each leads to the neighbours of an article."""

PORTRAYING = (
    frozenset({"author", "authors", "writer", "contributor"}),
    frozenset({"bio", "biography", "box", "card", "about", "description", "desc", "profile"}),
)
"""A token with a part of each tells of the author."""

LEADING = (frozenset({"link", "links"}), frozenset({"rich", "related", "promo", "internet", "onward"}))
"""A token with a part of each leads to other pages."""

COMMENTING = (
    frozenset({"comment", "comments", "comentario", "commentaire", "kommentar", "reply"}),
    frozenset({"text", "body", "content", "author", "info", "rating", "item", "message", "meta", "user"}),
)
"""A token with a part of each names a part of a reader's comment, where several elements have it."""

PAIRS = (SHARING, ASKING, BARRING, TURNING, PORTRAYING, LEADING)

SIGNED = frozenset(
    {"byline", "author", "poster", "authors", "contributor", "contributors", "writer", "signature"}
)
DATELINED = frozenset({"dateline", "timestamp", "pubdate", "published", "datetime"})
"""Parts of a token that name an author's line and a date's; both kinds count for short blocks only."""

ENTRY_SAFE = frozenset({"post", "hentry", "entry", "article", "blog-post", "type-post"})
"""Tokens of whole posts: such an element is furniture only when a hard part says so."""

ROLES = frozenset(
    """
    navigation complementary banner contentinfo search dialog alertdialog menu menubar toolbar tablist
    status alert timer tooltip progressbar
    """.split()
)

DEAD = frozenset(
    """
    script style template noscript svg iframe object embed applet canvas video audio map button input
    select textarea datalist dialog menu link meta head progress meter nav math-renderer
    """.split()
)
"""Elements that carry no text of the page."""

_HEADINGS = (
    r"(?:you (?:may|might) (?:also )?(?:like|enjoy)|also (?:read|see|like)|read (?:more|next|also|this next)|"
    r"see (?:also|more)|more (?:from|on|in|about|stories|news|posts|articles)|related|recommended|"
    r"suggested|similar|most (?:read|popular|viewed|commented|shared)|popular|trending|recent|latest|"
    r"top (?:stories|posts|news)|(?:blog )?archives?|tags|tag cloud|categories|labels|share|follow us|newsletter|"
    r"subscribe|advertisement|sponsored|about the author|podcasts?|what to read next|editor'?s picks?|don'?t miss|"
    r"comments?|leave a (?:comment|reply)|links|blogroll|"
    r"(?:artículos|noticias|entradas|contenidos?) (?:relacionad|recomendad|reciente|similar)\w*|"
    r"te puede interesar|también te puede|lo más (?:leído|visto)|más (?:leíd|vist|noticias)\w*|archivo|etiquetas|"
    r"más sobre (?:este|el|esta)|lea también|lee también|ver también|síguenos|comparte|compartir|comentarios|"
    r"articles? (?:liés|similaires|récents)|à lire aussi|lire aussi|les plus lus|sur le même sujet|partager|"
    r"commentaires|verwandte|ähnliche|das könnte (?:sie|dich)|meistgelesen|mehr zum thema|lesen sie auch|auch interessant|"
    r"neueste|kommentare|teilen|leggi anche|articoli correlati|potrebbe interessarti|i più letti|condividi|commenti|"
    r"leia também|artigos relacionados|mais lid[oa]s|compartilhe|veja também|"
    r"читайте также|похожие|смотрите также|популярн|рекомендуем|по теме|самое читаемое|последние|свежие|"
    r"архив|метки|теги|комментари|поделиться|другие (?:новости|статьи|материалы)|"
    r"δείτε επίσης|διαβάστε (?:επίσης|ακόμα)|σχετικ|δημοφιλ|τα πιο διαβασμένα|πρόσφατ|αρχείο|ετικέτες|σχόλια|κοινοποίηση|"
    r"читайте також|дивіться також|схожі|рекомендуємо|за темою|найпопулярніш|останні (?:новини|статті)|архів|мітки|коментар|поділитися|"
    r"(?:czytaj|zobacz) (?:także|też|również)|podobne|powiązane|najczęściej czytane|najnowsze|polecane|komentarze|udostępnij|tagi|archiwum|"
    r"čtěte (?:také|též)|přečtěte si|související|nejčtenější|mohlo by vás|komentáře|sdílet|štítky|čítajte aj|súvisiace|najčítanejšie|"
    r"lasi(?:et)? arī|saistītie|līdzīgi raksti|populārākie|jaunākie|komentāri|taip pat skaitykite|susiję|skaitomiausi|komentarai|loe ka|seotud|"
    r"lees (?:ook|meer|verder)|gerelateerd|meest gelezen|reacties|läs (?:också|även|mer)|relaterat|mest läst|kommentarer|l[æe]s også|mest læst|mest lest|"
    r"lue (?:myös|lisää)|aiheeseen liittyvä|luetuimmat|kommentit|tunnisteet|olvass?(?:a|d) el|kapcsolódó|hasonló|legolvasottabb|hozzászólások|címkék|"
    r"cite[șş]te [șş]i|articole similare|cele mai citite|comentarii|etichete|ilgili (?:haber|yazı)|benzer|çok okunan|son (?:haberler|yazılar)|yorumlar|"
    r"اقرأ أيض|ذات صلة|مواضيع|الأكثر قراءة|التعليقات|קראו (?:גם|עוד)|ראו גם|כתבות נוספות|עוד בנושא|הנקראות ביותר|תגובות|תגיות|"
    r"関連(?:記事|ニュース)|あわせて読みたい|おすすめ|人気記事|最新記事|コメント|アーカイブ|カテゴリ|ランキング|相关|相關|推荐|推薦|热门|熱門|最新|评论|評論|标签|標籤|延伸|.{0,8}相关的?链接|BBC以外链接|外部链接|"
    r"관련\s?(?:기사|뉴스)|추천|인기|최신|댓글|태그|यह भी पढ़ें|संबंधित|टिप्पणि|ข่าวที่เกี่ยวข้อง|เรื่องที่เกี่ยวข้อง|แนะนำ|ล่าสุด|ความคิดเห็น|แท็ก)"
)
HEADING = re.compile(rf"^\W*(?:\d+\W+)?{_HEADINGS}[^.]{{0,40}}$", re.I)
"""A heading (at most about sixty characters, no sentence) over a list of links that is not the article."""

COMMENTS = re.compile(
    r"^\W*(?:\d+\s+)?(?:comments?|responses?|replies|leave a (?:comment|reply)|comentarios?|commentaires?|kommentare?|"
    r"commenti|комментари[ийе]\w*|σχόλια|коментарі|comentar|comenta(?: esta noticia)?|deja (?:un|tu) comentario|escrib[ea] (?:un|tu) comentario|komentarze|komentáře|komentāri|komentarai|reacties|kommentarer|kommentit|"
    r"hozzászólások|comentarii|comentários|yorumlar|التعليقات|תגובות|コメント|评论|評論|댓글|ความคิดเห็น)\W*\d*\W*$",
    re.I,
)
"""A heading over comments: everything after it in its box is theirs."""

_NUMBER = r"\d[\d.,\s]*[kmKM]?"
_COUNTED = (
    r"(?:page ?)?views?|reads?|visits?|visitors?|hits|comments?|replies|reply|responses?|shares?|likes?|votes?|reactions?|"
    r"followers?|downloads?|times|reviews?|ratings?|min(?:ute)?s?(?: to)? read|minutes?|mins?|"
    r"visitas|vistas|lecturas|comentarios?|compartid[oa]s|me gusta|veces|min(?:utos)?(?: de lectura)?|"
    r"vues?|lectures?|commentaires?|partages?|aufrufe|kommentare?|besucher|leser|minuten lesezeit|"
    r"visualizzazioni|commenti|condivisioni|visualizações|comentários|leituras|"
    r"просмотр\w*|комментари\w*|прочтени\w*|посетител\w*|мин(?:ут)?\w*(?: чтения)?|раз|"
    r"προβολές|προβολή|σχόλι\w*|επισκέψεις|επισκέπτες|αναγνώσεις|λεπτά|"
    r"перегляд\w*|коментар\w*|хв(?:илин\w*)?(?: читання)?|wyświetle\w+|komentarz\w*|min(?:ut\w*)? czytania|zobrazení|komentář\w*|přečtení|"
    r"skatījum\w*|komentār\w*|peržiūr\w*|keer bekeken|reacties|visningar|kommentarer|lukukertaa|kommenttia|hozzászólás|megtekintés|vizualizări|"
    r"görüntüle\w+|okunma|yorum|dk\.?(?: okuma)?|مشاهد\w+|تعليق\w*|דקות(?: קריאה)?|צפיות|תגובות|回?閲覧|件|次?阅读|次?浏览|评论|조회|댓글|ครั้ง"
)
_LABEL = (
    r"views?|viewed|read|reads|reading time|visits?|visitors(?: online)?|(?:users|members|guests|people|readers) online|online(?: now)?|hits|comments?|shares?|likes?|"
    r"votes?|rating|page (?:generated|rendered) in|counter|time now|current time|local time|now|it is now|"
    r"(?:last )?refreshed(?: at)?|weather(?: in)?|temperature|"
    r"visto|visitas|vistas|lecturas|leído|comentarios|compartidos|visitantes|usuarios en línea|"
    r"vues?|vu|lu|commentaires|aufrufe|gelesen|besucher|letture|commenti|visualizações|"
    r"просмотр\w*|просмотрено|прочитано|комментари\w*|посетител\w*|сейчас на сайте|сейчас онлайн|"
    r"προβολές|επισκέπτες(?: τώρα)?|σχόλια|αναγνώσεις|переглядів|коментарів|wyświetleń|odsłon|zobrazeno|přečteno|skatījumi|"
    r"okunma|görüntülenme|مشاهدات|צפיות|תגובות|閲覧数|阅读|浏览(?:量|次数)?|点击(?:数|量)?|评论|조회수?|댓글"
)
_AGO = (
    r"(?:(?:posted|published|updated|last updated|modified)\W+)?(?:about |over )?(?:\d+|an?|one|few)\s+"
    r"(?:second|minute|min|hour|hr|day|week|month|year)s?\s+ago|"
    r"hace\s+\d+\s+\w+|il y a\s+\d+\s+\w+|vor\s+\d+\s+\w+|\d+\s+\w+\s+(?:назад|fa|atrás)|πριν(?: από)?\s+\d+\s+\w+|"
    r"just now|yesterday|today"
)
COUNTER = re.compile(
    rf"^\W*(?:(?:{_NUMBER}\s*(?:{_COUNTED})|no comments?|(?:{_LABEL})\s*[:\-–—]?\s*{_NUMBER}(?:\s*(?:{_COUNTED}|people|seconds?|s|ms|°\s?[cf]?))?"
    rf"|(?:(?:this )?(?:page|post|article|entry) )?(?:has been |was )?(?:viewed|read|visited|seen) {_NUMBER}\s*times"
    rf"|(?:rating|rated|average)\W*{_NUMBER}\s*(?:/|out of|of)\s*\d+(?:\s*stars?)?(?:\s*\(?{_NUMBER}\s*(?:{_COUNTED}))?"
    rf"|\d(?:[.,]\d)?\s*/\s*(?:5|10)(?:\s*\(.{{0,40}}\))?"
    rf"|(?:your )?last (?:visit|login)\W.{{0,60}}"
    rf"|{_NUMBER}\s*people (?:like|liked|love|loved|recommend) (?:this|it)"
    rf"|(?:join|over|more than)?\s*{_NUMBER}\s*(?:other )?(?:subscribers|readers|members|fans|people online|users|guests)(?: online)?"
    rf"|{_AGO}|\d{{1,2}}:\d{{2}}(?::\d{{2}})?(?:\s?[ap]\.?m\.?)?|\d{{1,2}}:\d{{2}}\s+\d{{1,2}}:\d{{2}})[\s.,;|·•/()–—-]*){{1,5}}$",
    re.I,
)
"""A line that only counts, measures or tells the time: `1,234 views`, `Viewed 12 times`, `5 min read`, `14:03`."""

FURNITURE = re.compile(
    r"^\W*(?:advertisement|ad|sponsored|publicidad|anuncio|publicité|anzeige|реклама|διαφήμιση|share(?: this)?(?: (?:post|article|page))?|"
    r"tweet|email this|print(?: this)?(?: page)?|share on \w+|save|bookmark|like|pin it|facebook|twitter|whatsapp|telegram|linkedin|"
    r"reklama|реклама на сайті|hirdetés|reklam|annons|mainos|advertentie|reklāma|إعلان|פרסומת|広告|广告|廣告|광고|โฆษณา|"
    r"sdílet|dela|del|jaa|megosztás|distribuie|paylaş|dalīties|dalintis|deel dit(?: \w+)?|شارك|שתפו|シェア(?:する)?|分享|공유(?:하기)?|แชร์|"
    r"(?:log|sign) ?in or (?:register|sign up|create an account) to (?:post|leave|add|view).{0,40}|"
    r"compart\w+(?: (?:esta|este|el|la|los|las) \w+)?|partage[rz](?: (?:cet?|cette|l['’])\s?\w+)?|(?:artikel |beitrag )?teilen|"
    r"condivid\w+(?: (?:questo|quest['’]) ?\w+)?|compartilh\w+|partilh\w+|поделиться(?: \w+)?|поділитися|κοινοποίηση|udostępnij|"
    r"reply|permalink|permanent link|leave a comment|post a comment|add a comment|comments? (?:are )?(?:off|closed)(?: on .{0,80})?|"
    r"(?:tags?|labels?|categor(?:y|ies)|filed under|posted in|topics?|etiquetas?|categorías?|schlagwörter|"
    r"метки|теги|рубрик\w+|ετικέτες|κατηγορί\w+|мітки|tagi|kategorie|štítky|birkas|tēmas|trefwoorden|etiketter|tunnisteet|avainsanat|"
    r"címkék|etichete|etiketler|الوسوم|وسوم|תגיות|タグ|カテゴリー?|标签|标籤|關鍵字|(?:文章)?关键词|태그|แท็ก)\s*[:：].{0,200}|"
    r"(?:©|\(c\)|copyright)\s.{0,120}|all rights reserved\.?|visitors online\W*\d+|"
    r"(?:weather in|погода|ο καιρός|el tiempo)\b.{0,60}\d+.{0,12}|.{0,80}visitor (?:number|no\.?|#)\W*[\d., ]+|back to top|skip to (?:main )?content|edit|"
    r".{0,80}\b(?:is a reader-supported publication|es una publicación sostenida por|est une publication soutenue par|ist eine von leser\w+ unterstützte)\b.{0,200}|"
    r"оставить комментарий|залишити коментар|поделиться в других журналах|laisser un commentaire|dej(?:ar|a) un comentario|kommentar schreiben|"
    r"lascia un commento|deixe um comentário|dodaj komentarz|přidat komentář|skriv en kommentar|kirjoita kommentti|"
    r"非本网站内容.{0,20}|"
    r"last edited by .{0,160}|"
    r".{0,120}\bctrl ?\+ ?enter\b.{0,60}|archivado en|más información|más sobre este tema|"
    r"(?:sign up|subscribe|get|join|register|ap[úu]nt\w+|suscr[íi]\w+|inscr\w+|s['’]inscri\w+|abonn\w+|iscri\w+|regist\w+|anmeld\w+|melden sie|"
    r"подпи\w+|підпи\w+|εγγραφ\w+|zapisz|feliratk\w+|prenumerera|tilmeld|meld)\b.{0,100}\b(?:newsletter|bolet[íi]n|infolettre|lettre d[’']information|"
    r"рассылк\w+|розсилк\w+|ενημερωτικό|hírlev\w+|ny(?:heds|hets)brev\w*|uutiskirje\w*|biuletyn\w*|bülten\w*)\b.{0,100}|"
    r"image (?:source|credit)s?|loading\W*|read aloud|listen(?: to (?:this )?article)?|play|pause)\W*$",
    re.I,
)
"""A line that belongs to the page's machinery."""

CLOSING = re.compile(
    r"©|\(c\) ?\d{4}|all rights reserved|derechos reservados|tous droits|alle rechte|tutti i diritti|todos os direitos|"
    r"(?:επισκέψεις|επισκέπτες|посетител\w*|посещени\w*|visitors?|visits|hits|besucher|visitas|visites)\W{0,3}(?:№|no\.?|nr\.?)?\W{0,3}\d|"
    r"всі права|wszelkie prawa|všechna práva|visas tiesības|alle rechten|alla rättigheter|kaikki oikeudet|minden jog|toate drepturile|"
    r"tüm hakları|جميع الحقوق|כל הזכויות|版权所有|版權所有|無断転載|무단\s?전재|ⓒ|สงวนลิขสิทธิ์|"
    r"все права|με την επιφύλαξη|unsubscribe|darse de baja|se désabonner|abmelden|disiscriviti|отписаться|"
    r"^\W*(?:follow .{2,60} on (?:facebook|twitter|instagram|x|bluesky|telegram|youtube|whatsapp)|sign up (?:to|for)\b|subscribe (?:to|now)\b|"
    r"síguenos|suscríbe(?:te|se)|suivez[- ]nous|abonnez[- ]vous|folgen sie uns|abonnieren sie|seguici|iscriviti|siga[- ]nos|inscreva-se|"
    r"подпи(?:сывайтесь|шитесь)|підпи(?:суйтесь|шіться)|ακολουθήστε μας|śledź nas|sledujte nás|sekojiet|följ oss|bizi takip|تابعونا|اشترك|עקבו אחרינו)|"
    r"\bsign up (?:to|for) .{0,60}\b(?:newsletter|e-?mail)|"
    r"при (?:использовании|перепечатке|цитировании|копировании) материал|ссылка .{0,60}обязательна|при (?:використанні|передруку) матеріал|"
    r"(?:change|cambiare|cambiar|modifier|ändern) .{0,40}(?:these e-?mails|queste e-?mail|estos correos|ces e-?mails|diese e-?mails)|"
    r"(?:preferences|preferenze|preferencias|préférences|preferências|einstellungen) .{0,40}(?:unsubscrib|cancell|darse de baja|désabonn|desinscrev|abmeld)|"
    r"comments are moderated|comentarios se moderan|комментарии модерируются|τα σχόλια ελέγχονται",
    re.I,
)
"""What marks a short block at the end of a page as its small print."""

ABOUT = re.compile(
    r"^\W*(?:about the (?:author|writer|contributor)s?|sobre (?:la firma|el autor|la autora|los autores|o autor|a autora)|"
    r"(?:à propos|au sujet) de (?:l['’]auteure?|la rédaction)|l['’]auteure?|(?:über den autor|über die autorin|zum autor|zur autorin)|"
    r"(?:informazioni )?sull['’]autor[ei]|l['’]autore|об авторе|про автора|o autor(?:ze|ce|ovi|ech|ach)|par autoru|apie autorių|"
    r"(?:σχετικά με )?(?:τον|τη|την) (?:συντάκτη|συγγραφέα)|om f[öo]rfattaren|over de auteur|kirjoittajasta|a szerzőről|despre autor|"
    r"yazar hakkında|عن الكاتب|על המחבר|著者について|この記事を書いた人|作者简介|關於作者|글쓴이)\W*$",
    re.I,
)
"""A heading over a portrait of the author."""

MORE = re.compile(
    r"^\W*(?:continue reading|read (?:more|on|the (?:full|whole|rest)|full)|keep reading|more|full (?:story|article|post)|view (?:post|more)|"
    r"see more|learn more|seguir leyendo|leer más|continuar leyendo|sigue leyendo|ver más|lire la suite|en savoir plus|lire plus|"
    r"weiterlesen|mehr lesen|mehr|leggi (?:tutto|di più|altro)|continua a leggere|continua|ler mais|leia mais|continue lendo|"
    r"читать (?:далее|дальше|полностью|ещ[её])|далее|подробнее|продолжение|διαβάστε (?:περισσότερα|τη συνέχεια)|περισσότερα|"
    r"συνέχεια|читати (?:далі|більше|повністю)|детальніше|докладніше|czytaj (?:dalej|więcej)|więcej|číst (?:dále|více)|celý článek|"
    r"lasīt (?:tālāk|vairāk)|skaityti (?:daugiau|toliau)|lees (?:verder|meer)|läs (?:mer|vidare)|læs mere|les (?:mer|videre)|lue lisää|"
    r"tovább(?: olvasom)?|bővebben|cite[șş]te (?:mai mult|mai departe|tot)|devamını oku|devamı|اقرأ المزيد|المزيد|קרא(?:ו|י)? עוד|המשך קריאה|לכתבה המלאה|"
    r"続きを読む|もっと見る|全文を読む|阅读全文|閱讀全文|查看(?:更多|全文)|继续阅读|繼續閱讀|더 ?보기|계속 읽기|और पढ़ें|อ่านต่อ|อ่านเพิ่มเติม)\b.{0,120}$",
    re.I,
)
"""The words of a link to the whole of an excerpt."""

BYLINE = re.compile(
    r"\b(?:by|posted|published|written|on|in|at|updated|last|modified|author|date|from|edited|reported|words|text|story|"
    r"por|publicado|escrito|el|en|fecha|autor|autora|actualizado|par|publié|le|rédigé|von|am|um|veröffentlicht|uhr|"
    r"di|da|pubblicato|il|em|do|автор|добавил[аи]?|от|опубликовано|дата|обновлено|в|г|από|του|της|στις|δημοσιεύτηκε|δημοσιεύθηκε|συντάκτης|ημερομηνία|"
    r"monday|tuesday|wednesday|thursday|friday|saturday|sunday|mon|tue|wed|thu|fri|sat|sun|"
    r"lunes|martes|miércoles|jueves|viernes|sábado|domingo|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|"
    r"montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag|понедельник|вторник|среда|четверг|пятница|суббота|воскресенье|"
    r"δευτέρα|τρίτη|τετάρτη|πέμπτη|παρασκευή|σάββατο|κυριακή|am|pm|utc|gmt|est|edt|pst|cet|bst|msk|"
    r"від|о|року|р|опубліковано|оновлено|dodano|opublikowano|opracowanie|godz|data|przez|r|vydáno|publikováno|dne|autors|publicēts|plkst|gada|"
    r"door|gepubliceerd|geplaatst|op|om|av|af|publicerad|publisert|udgivet|den|kl|julkaistu|klo|kirjoittanut|szerző|írta|közzétéve|"
    r"publicat|scris|la|ora|yayınlanma|yayın|tarihi?|yazar|giriş|saat|güncelleme|بقلم|كتب|نشر|في|الساعة|מאת|פורסם|עודכן|בשעה|ב|"
    r"公開日?|更新时间|发表时间|格林尼治标准时间|投稿日?|掲載|更新日?時?|著者|記者|发布(?:时间|于)?|發佈|来源|來源|作者|记者|时间|编辑|責任編輯|입력|수정|기자|작성|승인|เผยแพร่|โดย|เวลา|น)\b",
    re.I,
)
"""The filling words of a byline: what is left of it without them, its date and its author is nothing."""

BY = re.compile(
    r"^\W*(?:(?:written|posted|published|reported|words|text|story|κείμενο|текст|escrito|publicad[oa]|postado|rédigé|posté|publié|écrit|inserito|pubblicato|scritto|geschrieben)\s+)?"
    r"(?:(?:by|добавил[аи]?|por|par|von|di|автор|от|από|συντάκτης|author|autora?|auteur|autore|від|опрацюва(?:в|ла)|opracowała?|tekst|"
    r"napsala?|autors|autore|door|av|af|kirjoittanut|teksti|szerző|írta|scris de|yazan|yazar|بقلم|كتبت?|מאת|โดย)\b\s*[:：]?\s+|"
    r"(?:作者|撰文|著者|文|記者|记者|글)\s*[:：/／]\s*)",
    re.I,
)
"""The words before an author's name."""

ROLE = re.compile(
    r"(?:\s+(?:기자|특파원|記者|记者)|\s*[,(]\s*(?:reporter|correspondent|editor|redactora?|journaliste|redakteur(?:in)?)\)?)$",
    re.I,
)
"""What a person is, behind a name."""

DATE_TOKENS = frozenset(
    """
    date dates post-date entry-date published publish-date published-date pubdate posted-on posted
    post-time timestamp date-header article-date dateline article-meta entry-meta post-meta meta
    postmeta byline info post-info article-info binfo submitted created create-date dtreviewed
    date-published time datetime news-date small posted-by author entry-author post-author
    article-author by-author byline-author author-name vcard fn post-footer entry-footer entry-utility
    postmetadata post-header-line-1 post-byline contributor story-meta post-details
    """.split()
)
AUTHOR_TOKENS = frozenset(
    """
    byline author entry-author post-author article-author by-author byline-author author-name authorname
    fn entry-poster ljuser posted-by post-byline contributor byline-name article-byline story-byline by writer
    """.split()
)
MODIFIED = re.compile(
    r"updat|modif|edited|actualiz|mis à jour|aktualis|aggiornat|обновл|измен|ενημερ|"
    r"atualizad|оновлен|змінен|aktualiz|upraven|atjaunin|papildin|atnaujin|bijgewerkt|gewijzigd|uppdater|ändrad|opdater|oppdater|päivitet|"
    r"muokattu|frissít|módosít|güncelle|تحديث|עודכן|עדכון|更新|最終|修改|수정|업데이트|แก้ไข|อัปเดต|अपडेट",
    re.I,
)
