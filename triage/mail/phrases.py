"""What mail programmes and people write around a mail, by language, in lower case.

Languages: en, de, fr, es, it, pt, nl, pl in full; da, sv, no, fi, cs, ru in part. The attribution
and header words are those that Apple Mail, Gmail, Outlook, Thunderbird, Yahoo and the German
web mailers put in; quotequail, mail-parser-reply and talon list some of them too.
"""

WROTE = (
    r"wrote|writes|said|schrieb|hat (?:.{0,120} )?geschrieben|a écrit|escribió|ha scritto"
    r"|escreveu"
    r"|schreef|heeft (?:.{0,120} )?geschreven|napisał\(a\)|napisał/a|napisała?|pisze|skrev"
    r"|napsal\(a\)"
    r"|napsala?|kirjoitti|написал\(а\)|написала?|пишет|írta|a scris|写道|のメール"
)
"""Verbs of an attribution line; German, Dutch and Nordic put the name after them."""

OPENERS = (
    r"on|am|le|el|il|em|a|no dia|op|w dniu|dnia|den|on|vom|von|quoting|zitat von|citando|selon"
    r"|dne|d\.|в|pada|data"
)
"""How an attribution line begins."""

HEADER_ROLES: dict[str, str] = {
    word: role
    for role, words in {
        "from": "from von de da van od från fra lähettäjä от expéditeur remitente mittente "
        "afzender absender nadawca отправитель odesílatel",
        "date": "sent date gesendet datum envoyé enviado enviada inviato data fecha verzonden "
        "wysłano wysłane skickat sendt dato отправлено дата lähetetty received odesláno",
        "to": "to an à a para aan do till til кому destinataire destinatario destinatário komu "
        "vastaanottaja pour adressat",
        "cc": "cc kopie kopia dw copie копия kopio bcc",
        "subject": "subject betreff objet asunto oggetto assunto onderwerp temat ämne emne тема "
        "aihe sujet předmět",
    }.items()
    for word in words.split()
} | {
    "от кого": "from",
    "enviado el": "date",
    "enviado em": "date",
    "enviada em": "date",
    "gesendet am": "date",
    "date d'envoi": "date",
    "inviato il": "date",
    "data invio": "date",
    "copie à": "cc",
    "do wiadomości": "cc",
    "reply-to": "cc",
    "antwort an": "cc",
}
"""The words of a header block that a mail programme writes above the mail it answers."""

ORIGINAL = (
    r"original (?:message|e-?mail|appointment)|ursprüngliche (?:nachricht|mail|e-mail)"
    r"|original-?nachricht|original-?meldung|original-?mail|message d['’]origine|message original"
    r"|message initial|mensaje original|correo original|messaggio original[ei]"
    r"|messaggio originario"
    r"|mensagem original|oorspronkelijke? bericht|origineel bericht|originele? bericht"
    r"|wiadomość oryginalna|oryginalna wiadomość|wiadomość pierwotna|ursprungligt meddelande"
    r"|originalmeddelande|oprindelig meddelelse|opprinnelig melding|alkuperäinen viesti"
    r"|исходное сообщение|původní zpráva|原始邮件"
)

FORWARDED = (
    r"forwarded (?:message|by\b.{0,120}|e-?mail|from\b.{0,120})|weitergeleitete (?:nachricht"
    r"|mail|e-mail)"
    r"|weitergeleitet von .{0,120}|message transféré|message réexpédié|mensaje reenviado"
    r"|correo reenviado|messaggio inoltrato|mensagem (?:re)?encaminhada|doorgestuurd bericht"
    r"|doorgestuurde? e-?mail|przekazana wiadomość|wiadomość przekazana"
    r"|treść przekazanej wiadomości"
    r"|vidarebefordrat meddelande|videresendt (?:meddelelse|melding)|пересылаемое сообщение"
    r"|přeposlaná zpráva"
)

FORWARD_OPENINGS = (
    r"begin forwarded message|anfang der weitergeleiteten (?:nachricht|e-mail)"
    r"|début du message (?:transféré|réexpédié)|inicio del mensaje reenviado"
    r"|inizio (?:del )?messaggio inoltrato|início da mensagem (?:re)?encaminhada"
    r"|begin doorgestuurd bericht|początek przekazan(?:ej|ego) (?:wiadomości|listu)"
    r"|vidarebefordrat brev|start på videresendt (?:besked|melding)"
)

ABOVE_THIS_LINE = (
    r"(?:reply|answer|respond|write|type).{0,30}above this line"
    r"|(?:oberhalb|über) diese[rn]? (?:linie|zeile)|au-dessus de cette ligne"
    r"|por encima de esta línea|sopra questa (?:riga|linea)|acima desta linha"
    r"|boven deze (?:lijn|regel)|powyżej tej linii"
)
"""What help desks put above their own text, so that an answer can be told from it."""

ANSWER_PREFIXES = (
    r"re|aw|antw|sv|vs|odp|r|ref|rép|res|fw|fwd|wg|tr|rv|i|enc|doorst|pd|vl|vb|videresendt|wtr"
)
"""Subject prefixes of answers and forwards."""

SIGN_OFFS = (
    # en
    r"(?:(?:with|my) )?(?:kind(?:est)?|best|warm(?:est)?|many|warmest personal)? ?regards|best"
    r"|all the best"
    r"|best wishes|with (?:best|kind) wishes|yours|(?:yours|very) (?:sincerely|faithfully|truly)"
    r"|yours very truly|sincerely(?: yours)?|faithfully|cheers|respectfully(?: yours)?|cordially"
    r"|(?:many )?thanks(?: again)?|thank you(?: very much)?|thanks (?:and|&) regards|thx|rgds"
    r"|br|ta"
    r"|thanks in advance|thank you in advance|thanks (?:so|very) much"
    # de
    r"|mit freundliche[nm] gr(?:ü|ue)(?:ß|ss)(?:en)?|mit freundlichem gruß|mfg|vg|lg"
    r"|hochachtungsvoll"
    r"|(?:viele|beste|liebe|freundliche|schöne|herzliche) gr(?:ü|ue)(?:ß|ss)e"
    r"|(?:mit )?besten gr(?:ü|ue)(?:ß|ss)en"
    r"|gr(?:u|ü|ue)(?:ß|ss)e?|(?:vielen |besten )?dank(?: im voraus)?"
    # fr
    r"|(?:bien )?cordialement|(?:sincères )?salutations(?: distinguées)?|bien à (?:vous|toi)"
    r"|(?:très )?respectueusement|meilleures salutations|merci(?: d['’]avance)?|cdlt|amicalement"
    # es
    r"|(?:un )?(?:cordial )?saludos?(?: cordial(?:es)?)?|atentamente"
    r"|(?:muchas )?gracias(?: de antemano)?"
    r"|un abrazo|muy atentamente|cordialmente|reciba un cordial saludo"
    # it
    r"|(?:cordiali|distinti|cari|i miei più cordiali) saluti|saluti|(?:un )?cordiale? saluto"
    r"|(?:la )?(?:vi )?ringrazio|grazie(?: mille)?|in fede"
    # pt
    r"|atenciosamente|cumprimentos|(?:com os )?(?:meus )?(?:melhores|mais) cumprimentos|att"
    r"|abraços?"
    r"|(?:muito )?obrigad[oa]|cordialmente|grat[oa]|com os melhores cumprimentos"
    # nl
    r"|(?:met )?(?:vriendelijke|hartelijke) groet(?:en)?|mvg|groet(?:en|jes)?|hoogachtend"
    r"|(?:hartelijk )?(?:dank|bedankt)|alvast bedankt"
    # pl
    r"|z (?:poważaniem|wyrazami szacunku|góry dziękuję)"
    r"|(?:serdecznie )?pozdrawiam(?: serdecznie)?"
    r"|pozdrowienia|dziękuję"
    # nordic
    r"|(?:med )?(?:vänlig|venlig|vennlig)a? h(?:älsning|ilsen)(?:ar)?|mvh|hälsningar|hilsen"
)

FROM_MY_PHONE = (
    r"sent (?:from|via|with|using) (?:my |the |a )?[\w .+'’/&()-]{2,50}"
    r"|(?:get|download) outlook for (?:ios|android|mac)\b.{0,80}"
    r"|von (?:meine[mr] )?[\w .-]{2,30} gesendet|gesendet (?:von|mit|über) [\w .+-]{2,50}"
    r"|diese nachricht wurde von mein.{2,40} gesendet\.?|outlook für (?:ios|android).{0,60}"
    r"|envoyé (?:de(?:puis)?|à partir de|avec) .{2,50}|obtenez outlook pour .{2,60}"
    r"|télécharger outlook pour .{2,60}"
    r"|enviado (?:desde|do|de|a partir do|via|con) .{2,50}|obtener outlook para .{2,60}"
    r"|obter o outlook para .{2,60}|inviato (?:da|dal|con) .{2,50}|scarica outlook per .{2,60}"
    r"|ottieni outlook per .{2,60}|(?:verzonden|verstuurd) (?:vanaf|met|via|vanuit|van) .{2,50}"
    r"|outlook voor (?:ios|android).{0,60}|wysłan[eoy] z .{2,50}"
    r"|pobierz (?:program )?outlook.{2,60}"
    r"|wysłane z aplikacji .{2,50}|skickat från .{2,50}|sendt fra .{2,50}|lähetetty .{2,40}"
    r"|отправлено с .{2,40}"
)

LEGAL_OPENINGS = (
    r"(?:this|the) (?:e-?mail|message|communication|transmission|information|electronic)"
    r"|confidentiality|disclaimer|legal notice|privileged|important notice|notice:"
    r"|diese (?:e-?mail|nachricht|mitteilung)|der inhalt dieser|rechtlicher hinweis"
    r"|vertraulichkeit"
    r"|ce (?:message|courriel|mail|courrier)|cet? e-?mail|les informations contenues"
    r"|avertissement"
    r"|este (?:mensaje|correo|e-?mail)|la información contenida|aviso legal"
    r"|(?:il presente|questo) (?:messaggio|e-?mail)|le informazioni contenute|avvertenze|ai sensi"
    r"|esta (?:mensagem|comunicação)|aviso de confidencialidade|a informação contida"
    r"|dit (?:bericht|e-?mail)|deze e-?mail|de informatie (?:in|verzonden)"
    r"|(?:niniejsza |ta )?(?:wiadomość|korespondencja)|treść tej wiadomości|informacje zawarte"
    r"|(?:please )?consider the environment|denken sie an die umwelt|bitte prüfen sie"
    r"|pensez à l['’]environnement"
)

LEGAL_WORDS = (
    r"confiden[tzc]|vertrauli?[kc]h|vertrouwelijk|poufn|riservat|privileged|intended (?:solely"
    r"|only|for)"
    r"|intended recipient|unauthori[sz]ed|disclos|bestimmungsgemäß|unbefugt|vernicht|lösch"
    r"|destinataire|destinatari|exclusiv|esclusiv|non autoris|no autorizad|não autorizad|prohibid"
    r"|proibid|vietat|uitsluitend|geadresseerde|bestemd|adresat|wyłącznie|zabronion|printing"
    r"|ausdruck|imprimer|delete (?:it|this)|virus"
)
"""Two of these make a footer of a paragraph that begins like one."""

OUTSIDE = (
    r"(?:originated|sent|comes?|came|is) from (?:an? )?(?:outside|external)|from outside"
    r"|external (?:sender|e-?mail)"
    r"|von (?:außerhalb|extern)|externe[rn]? (?:absender|e-?mail|mail)|expéditeur externe"
    r"|de l['’]extérieur"
    r"|remitente externo|fuera de (?:la|su) organización|mittente esterno|esterno all"
    r"|remetente externo|fora da (?:sua )?organização|externe afzender|buiten (?:de"
    r"|uw) organisatie"
    r"|spoza (?:organizacji|firmy)"
)
"""What a company's own gateway writes at the top of mail from outside."""
